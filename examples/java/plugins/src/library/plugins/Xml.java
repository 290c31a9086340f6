package library.plugins;

import java.io.ByteArrayOutputStream;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamWriter;
import library.Exporter;

public final class Xml implements Exporter {
    @Override
    public String name() {
        return "xml";
    }

    @Override
    public byte[] export(List<String> books) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        XMLStreamWriter writer = XMLOutputFactory.newInstance().createXMLStreamWriter(out, "UTF-8");
        writer.writeStartElement("books");
        for (String book : books) {
            writer.writeStartElement("book");
            writer.writeCharacters(book);
            writer.writeEndElement();
        }
        writer.writeEndElement();
        writer.close();
        return out.toByteArray();
    }
}
