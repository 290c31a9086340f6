package library.plugins;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import library.Exporter;

public final class Zip implements Exporter {
    @Override
    public String name() {
        return "zip";
    }

    @Override
    public byte[] export(List<String> books) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("books.txt"));
            zip.write(String.join("\n", books).getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
