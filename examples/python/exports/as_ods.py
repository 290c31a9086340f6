import io
import zipfile
from xml.sax.saxutils import escape

TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def export(rows):
    cells = "".join("<row>%s</row>" % "".join("<cell>%s</cell>" % escape(str(value)) for value in row) for row in rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("mimetype", TYPE)
        archive.writestr("content.xml", "<table>%s</table>" % cells)
    return out.getvalue()
