from xml.etree import ElementTree

TYPE = "application/xml"


def write(rows):
    root = ElementTree.Element("ledger")
    for id, text, cents in rows:
        ElementTree.SubElement(root, "entry", id=str(id), cents=str(cents)).text = text
    return ElementTree.tostring(root)
