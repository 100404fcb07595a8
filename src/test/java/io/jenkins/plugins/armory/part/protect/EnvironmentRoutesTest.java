package io.jenkins.plugins.armory.part.protect;

import io.jenkins.plugins.armory.web.OpenApiDocument;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EnvironmentRoutesTest {

    @Test
    void theOpenApiDocumentHasTheData() throws IOException {
        OpenApiDocument.checkHas(
                "docs/part/protect/openapi.yaml",
                new EnvironmentRoutes().routes().subList(0, 1));
    }
}
