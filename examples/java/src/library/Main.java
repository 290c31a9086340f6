package library;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.ServiceLoader;
import java.util.concurrent.Executors;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;

/** A library's catalogue: its pages in several languages, exports by plugins, a summary by XSLT. */
public final class Main {
    private static final List<String> BOOKS = List.of("Moby-Dick", "Le Père Goriot", "Effi Briest");

    private interface Page {
        byte[] of(HttpExchange exchange) throws Exception;
    }

    private static String parameter(HttpExchange exchange, String name, String fallback) {
        String query = exchange.getRequestURI().getQuery();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        return fallback;
    }

    private static void add(HttpServer server, String path, String type, Page page) {
        server.createContext(path, exchange -> {
            int status = 200;
            byte[] body;
            try {
                body = path.equals("/") && !exchange.getRequestURI().getPath().equals("/") ? null : page.of(exchange);
                if (body == null) {
                    status = 404;
                    body = "There is no such page.\n".getBytes(StandardCharsets.UTF_8);
                }
            } catch (Exception e) {
                status = 500;
                body = (e + "\n").getBytes(StandardCharsets.UTF_8);
            }
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private static byte[] front(HttpExchange exchange) {
        Locale locale = Locale.forLanguageTag(parameter(exchange, "language", "en"));
        ResourceBundle texts = ResourceBundle.getBundle("library.texts", locale);
        String date = LocalDate.of(2024, 7, 1).format(DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL).withLocale(locale));
        StringBuilder page = new StringBuilder("<!doctype html><title>" + texts.getString("title") + "</title><ul>");
        BOOKS.forEach(book -> page.append("<li>").append(book));
        return page.append("</ul><p>").append(texts.getString("until")).append(' ').append(date).append("</p>\n")
            .append("<a href=\"/opening\">opening</a> <a href=\"/list\">list</a>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] opening(HttpExchange exchange) {
        ZoneId zone = ZoneId.of(parameter(exchange, "zone", "Europe/Paris"));
        ZonedDateTime time = ZonedDateTime.of(2024, 7, 1, 9, 0, 0, 0, ZoneId.of("Europe/Paris")).withZoneSameInstant(zone);
        return (time.format(DateTimeFormatter.ofPattern("HH:mm xxx")) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] list(HttpExchange exchange) {
        return String.join("\n", BOOKS).getBytes(Charset.forName(parameter(exchange, "charset", "UTF-8")));
    }

    private static byte[] export(HttpExchange exchange) throws Exception {
        File[] jars = new File("plugins").listFiles();
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = jars[i].toURI().toURL();
        }
        String name = parameter(exchange, "format", "xml");
        try (URLClassLoader loader = new URLClassLoader(urls, Main.class.getClassLoader())) {
            for (Exporter exporter : ServiceLoader.load(Exporter.class, loader)) {
                if (exporter.name().equals(name)) {
                    return exporter.export(BOOKS);
                }
            }
        }
        return null;
    }

    private static byte[] summary(HttpExchange exchange) throws Exception {
        StringWriter out = new StringWriter();
        TransformerFactory.newInstance().newTransformer(new StreamSource(new File("data/summary.xsl")))
            .transform(new StreamSource(new File("data/loans.xml")), new StreamResult(out));
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        add(server, "/", "text/html; charset=utf-8", Main::front);
        add(server, "/opening", "text/plain", Main::opening);
        add(server, "/list", "text/plain", Main::list);
        add(server, "/export", "application/octet-stream", Main::export);
        add(server, "/summary", "text/plain; charset=utf-8", Main::summary);
        server.start();
        System.out.println("listens on port 8080");
    }
}
