"""A proof holds for what was proven, and for nothing else."""

import copy
from dataclasses import replace

import orjson
import pytest
import shapely

import geofence.verification.proof
from geofence.refusal import GeofenceError
from geofence.verification.proof import is_sealed, read_proof, write_proof
from geofence.zone import ZoneKind
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from missions.plan.proof import CheckSettings, ProofFile, prove, recheck_proof, settings_of

PLAN, ZONES = ProofFile("field.plan", b"plan"), ProofFile("zones.geojson", b"zones")


@pytest.fixture(scope="module")
def zones(fields):
    hole = fields.zone(shapely.box(100, 80, 140, 120), "no", ZoneKind.EXCLUSION)
    return fields.zones(fields.zone(fields.RECTANGLE), hole)


@pytest.fixture(scope="module")
def plan(fields, zones):
    return plan_patrol(zones, PatrolRequest(AreaPattern("field", 40.0), 50.0, fields.at(20, 20)))[0]


def proof_of(plan, zones, settings=None, plan_file=PLAN, zones_file=ZONES):
    settings = settings or CheckSettings()
    return prove(
        plan, zones, settings, settings.check(plan, zones), plan_file=plan_file, zones_file=zones_file
    )


@pytest.fixture(scope="module")
def proof(plan, zones):
    return proof_of(plan, zones)


def recheck(proven, plan, zones, **files):
    document = read_proof(proven, source="p.json") if isinstance(proven, bytes) else proven
    again = read_proof(
        proof_of(plan, zones, settings_of(document, source="p.json"), **files), source="p.json"
    )
    return recheck_proof(document, again, is_legal=again["result"]["is_legal"])


def test_a_proof_holds_and_is_the_same_bytes_again(proof, plan, zones):
    assert proof == proof_of(plan, zones)
    answer = recheck(proof, plan, zones)
    assert (answer.holds, answer.notes, answer.is_legal) == (True, (), True)
    document = orjson.loads(proof)
    assert len(document["result"]["legs"]) >= len(plan.items) - 2
    assert document["returns"]["mode"] == "smart_rtl"


def places(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:2]):
            yield from places(inner, (*path, number))
    else:
        yield path


def changed(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x"


def test_tampering_with_any_field_is_found(proof, plan, zones):
    document = orjson.loads(proof)
    again = orjson.loads(proof)
    for path in places(document):
        if path in {("format",), ("version",)}:
            continue
        tampered = copy.deepcopy(document)
        place = tampered
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = changed(place[path[-1]])
        assert not is_sealed(tampered), path
        assert not recheck_proof(tampered, again, is_legal=True).holds, path
        # Sealed anew, it takes recomputing; what is only told and names of files may differ then.
        resealed = orjson.loads(write_proof({k: v for k, v in tampered.items() if k != "sha256"}))
        answer = recheck_proof(resealed, again, is_legal=True)
        told_only = path[0] == "versions" or path[-1] in {"file", "sha256"} or path == ("sha256",)
        assert answer.holds is told_only, path
        assert not (told_only and path[0] == "versions") or answer.notes


def test_another_plan_or_other_zones_break_it(proof, plan, zones, fields):
    moved = replace(plan, items=(*plan.items[:3], replace(plan.items[3], alt_m=49.0), *plan.items[4:]))
    assert any("plan is not" in sentence for sentence in recheck(proof, moved, zones).broken)
    fewer = fields.zones(*list(zones)[:1])
    assert any("zones are not" in sentence for sentence in recheck(proof, plan, fewer).broken)


def test_a_file_written_anew_still_holds(proof, plan, zones):
    answer = recheck(proof, plan, zones, plan_file=ProofFile("other.plan", b"plan with blanks"))
    assert answer.holds
    assert "written anew" in answer.notes[0]


def test_another_shapely_is_told_of(proof, plan, zones, monkeypatch):
    monkeypatch.setattr(geofence.verification.proof.shapely, "__version__", "9.9")
    answer = recheck(proof, plan, zones)
    assert answer.holds
    assert "shapely: 9.9" in answer.notes[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "no proof"),
        (b'{"format": "feiying-proof", "version": 9}', "version 9"),
    ],
)
def test_what_is_no_proof_is_refused(content, words):
    with pytest.raises(GeofenceError, match=words):
        read_proof(content, source="p.json")
    with pytest.raises(GeofenceError, match="settings"):
        settings_of({"settings": {"margin_m": "wide"}}, source="p.json")
