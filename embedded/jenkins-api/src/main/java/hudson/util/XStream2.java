package hudson.util;

import com.thoughtworks.xstream.XStream;
import com.thoughtworks.xstream.io.HierarchicalStreamDriver;
import com.thoughtworks.xstream.io.xml.StandardStaxDriver;

/** How Jenkins reads and writes objects as XML. */
public final class XStream2 extends XStream {
    public static HierarchicalStreamDriver getDefaultDriver() {
        return new StandardStaxDriver();
    }
}
