from bench.transit import run


def test_paths_are_those_of_a_plain_graph_and_none_leaves_the_area():
    result = run(count=8, queries=320, compared=6)
    assert len(result["areas"]) == 3
    for area in result["areas"]:
        assert area["paths_out_of_the_area"] == 0
        assert area["plain"]["worst_difference_m"] < 1e-6
        assert area["lengths"]["worst_difference_m"] < 1e-6
    assert result["layers"]["slower_than_level"] == 0
