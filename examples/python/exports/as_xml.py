from xml.etree import ElementTree

TYPE = "application/xml"


def export(rows):
    root = ElementTree.Element("items")
    for number, name, price in rows:
        ElementTree.SubElement(root, "item", id=str(number), price="%.2f" % price).text = name
    return ElementTree.tostring(root)
