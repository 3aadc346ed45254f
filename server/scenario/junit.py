"""Results as JUnit XML, which every CI shows."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from server.scenario.refusal import ScenarioError
from server.scenario.scenario_run import ScenarioResult


def write_junit(path: Path, results: Sequence[ScenarioResult | ScenarioError]) -> None:
    """Write a suite a scenario, with a case an expectation; a file that cannot be read is an error."""
    root = Element("testsuites", name="feiying scenario")
    for result in results:
        if isinstance(result, ScenarioError):
            suite = SubElement(
                root, "testsuite", name=result.source, tests="1", failures="0", errors="1", time="0"
            )
            case = SubElement(
                suite, "testcase", classname=result.source, name="the scenario is understood", time="0"
            )
            SubElement(case, "error", message=result.faults[0].what).text = str(result)
        else:
            _add_suite(root, result)
    indent(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _add_suite(root: Element, result: ScenarioResult) -> None:
    body, failed = result.scenario.body, [verdict for verdict in result.verdicts if not verdict.is_met]
    suite = SubElement(
        root,
        "testsuite",
        name=body.name,
        tests=str(len(result.verdicts)),
        failures=str(len(failed)),
        errors="0",
        time=f"{result.record.ended_s:.1f}",
    )
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", name="file", value=str(result.scenario.source))
    SubElement(properties, "property", name="seed", value=str(result.seed))
    for skipped in result.skipped:
        SubElement(properties, "property", name="skipped", value=skipped)
    for verdict in result.verdicts:
        case = SubElement(
            suite, "testcase", classname=body.name, name=verdict.words, time=f"{verdict.at_s:.1f}"
        )
        if not verdict.is_met:
            SubElement(case, "failure", message=verdict.reason).text = verdict.reason
            picture = result.pictures.get(verdict.number)
            if picture is not None:
                SubElement(case, "system-out").text = f"[[ATTACHMENT|{picture.resolve()}]]"
