# Shortens collapsed stacks for docs/images/flame-graph.svg: without packages, without the frames of reflection, executors, filters and
# Groovy's calls, and with each method once, since a program is written by recursion. The plugin's own frames begin with "armory".
# The picture is of the start of Jenkins, four builds with 1,000 approvals in a "parallel", and four chains. It needs jfr-converter 4.2
# (tools.profiler:jfr-converter) and FlameGraph (https://github.com/brendangregg/FlameGraph):
#
#   mvn -f embedded verify -Dtest=EndToEndBenchmark -Dsurefire.failIfNoSpecifiedTests=false \
#       -Djenkins.war="$PWD/jenkins.war" -Djenkins.plugins="$PWD/plugins" \
#       -Dacceptance.alone=true -Dacceptance.waits=1000 -Dacceptance.rounds=3 -Dacceptance.warmUp=1 \
#       "-Dacceptance.javaOptions=-XX:FlightRecorderOptions=stackdepth=512 -XX:StartFlightRecording=settings=profile,dumponexit=true,jdk.NativeMethodSample#enabled=false,filename=/tmp/end.jfr"
#   java -jar jfr-converter-4.2.jar --norm /tmp/end.jfr /tmp/end.collapsed
#   awk -f docs/performance/short-stacks.awk /tmp/end.collapsed \
#       | flamegraph.pl --title "Processor of Jenkins: builds with 1,000 webhook approvals each" --width 1200 --minwidth 2 --hash \
#       > docs/images/flame-graph.svg
{
    count = $NF
    sub(/ [0-9]+$/, "")
    n = split($0, frames, ";")
    stack = ""
    split("", seen)
    for (i = 1; i <= n; i++) {
        name = frames[i]
        sub(/_\[[a-z0-9]\]$/, "", name)
        if (name ~ /^java\/lang|^java\/util\/concurrent|^jdk\/|^groovy\/|codehaus\/groovy|Lambda|lambda\$|access\$|[Ff]ilter|^org\/eclipse|ExecutorService|^com\/cloudbees\/groovy|^org\/kohsuke\/stapler|sandbox/ || name in seen)
            continue
        seen[name] = 1
        own = name ~ /jenkins.plugins.armory/ ? "armory " : ""
        gsub(/\//, ".", name)
        if (match(name, /\.[A-Z]/))
            name = substr(name, RSTART + 1)
        stack = stack (stack == "" ? "" : ";") own name
    }
    if (stack != "")
        print stack, count
}
