"""XML from outside, and XML that is written."""

import re
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from missions.refusal import MissionError

_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_root(content: bytes | str, *, source: str) -> Element:
    """Parse XML that declares no document type and no entities.

    Raises
    ------
    MissionError
        Names line and column where it is broken.
    """
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise MissionError(
            f"the XML is broken at line {line}, column {column + 1}",
            place=source,
            remedy="Mend the file there, or export it again",
        ) from None
    except DefusedXmlException:
        raise MissionError(
            "the XML has a document type or entities of its own",
            place=source,
            remedy="Export it again without them",
        ) from None
    except (ValueError, LookupError, RecursionError):
        raise MissionError("the XML cannot be read", place=source, remedy="Export it again") from None
    return root


def say(parent: Element, name: str, text: str) -> Element:
    """Add an element with a text; what XML cannot hold becomes a replacement character."""
    element = SubElement(parent, name)
    element.text = xml_text(text)
    return element


def xml_text(text: str) -> str:
    """Replace what XML cannot hold."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def xml_bytes(root: Element) -> bytes:
    """Write a document, indented."""
    indent(root, " ")
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"
