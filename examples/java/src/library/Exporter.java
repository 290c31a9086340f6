package library;

import java.util.List;

/** A format of the list of books. Those of the jars in plugins/ are loaded when the first one is asked for. */
public interface Exporter {
    String name();

    byte[] export(List<String> books) throws Exception;
}
