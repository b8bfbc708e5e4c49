"""The arithmetic and the reading of the measures, on made-up figures; no clock is asserted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from bench import engine
from bench.arithmetic import growth_exponent, median_ratio, percentile
from bench.arrivals import Arrival, Step, evenly, run_arrivals
from bench.browser import files_of_file, files_of_page
from bench.goals import GOALS
from bench.load import REVISION, Caller, Load
from bench.measuring import Phase, watched
from bench.report import table
from bench.wire import HOST, WireError, read_answer, request_bytes
from training.psychometrics.agreement import agreement
from training.psychometrics.table import RatingTable

GOAL = {goal.code: goal for goal in GOALS}


def test_a_percentile_is_a_value_that_was_there() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert percentile(values, 0.50) == 3.0
    assert percentile(values, 0.99) == 5.0
    assert percentile(values, 0.0) == 1.0
    assert percentile(list(range(1, 101)), 0.99) == 99


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_rounds_are_compared_within_themselves() -> None:
    # In the second round the machine was twice as slow for both, which changes nothing.
    assert median_ratio([10, 20, 10], [1, 2, 1]) == 10
    # One disturbed round does not count.
    assert median_ratio([10, 90, 10], [1, 1, 1]) == 10


def test_rounds_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="shorter"):
        median_ratio([1, 2], [1])


@pytest.mark.parametrize(
    ("costs", "exponent"),
    [((7, 7, 7), 0.0), ((1, 10, 100), 1.0), ((1, 100, 10_000), 2.0), ((100, 10, 1), -1.0)],
)
def test_growth_is_a_power_of_the_size(costs: tuple[float, ...], exponent: float) -> None:
    assert growth_exponent([100, 1_000, 10_000], costs) == pytest.approx(exponent)


def test_a_cost_is_good_when_it_is_low_and_a_share_when_it_is_high() -> None:
    assert GOAL["P1"].verdict(9.9) == "moonshot"
    assert GOAL["P1"].verdict(20) == "goal"
    assert GOAL["P1"].verdict(20.1) == "no"
    assert GOAL["P2"].verdict(0.12) == "moonshot"
    assert GOAL["P2"].verdict(0.05) == "goal"
    assert GOAL["P2"].verdict(0.04) == "no"


def test_every_moonshot_is_further_than_its_goal() -> None:
    for goal in GOALS:
        assert goal.is_reached(goal.moonshot, goal.goal)
        assert not goal.is_reached(goal.goal, goal.moonshot)


def test_the_table_shows_what_was_measured_and_what_was_not() -> None:
    text = table("SQLite", {"P5": 149.6, "P2": 0.0512}, {"P8": "VisitError: answered 500"})
    lines = text.splitlines()
    assert lines[0] == "SQLite"
    assert lines[1].split() == ["measure", "value", "goal", "moonshot", "reached"]
    assert [line.split()[0] for line in lines[2:]] == ["P2", "P5", "P8"]
    assert "0.051" in lines[2]
    assert lines[3].endswith("goal")
    assert "150 ms" in lines[3]
    assert "not measured" in lines[4]
    assert lines[4].endswith("VisitError: answered 500")


def test_what_a_phase_cost_is_shared_among_its_requests() -> None:
    phase = Phase(Load(2.0, (0.1,) * 500, {200: 500}, (500,)), cpu_seconds=1.5)
    assert phase.cpu_milliseconds_each == 3.0
    assert phase.per_second == 250.0


def test_requests_take_turns_and_count_revisions() -> None:
    caller = Caller((b"first " + REVISION, b"second " + REVISION))
    assert caller.next_request() == b"first          0"
    caller.answered = 3
    assert caller.next_request() == b"second          3"
    assert len(REVISION) == len(b"%10d" % 3)


@pytest.fixture
def small_server() -> Iterator[int]:
    """The port of a server that takes its time for /slow and does not know /lost."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/slow":
                time.sleep(0.2)
            self.send_response(404 if self.path == "/lost" else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_nobody_waits_for_whoever_came_before(small_server: int) -> None:
    slow = Step("slow", request_bytes("GET", "/slow"))
    quick = Step("quick", request_bytes("GET", "/quick"))
    visits = run_arrivals(small_server, [Arrival(0.02, (quick, quick)), Arrival(0.0, (slow,))])
    assert visits.wrong == {}
    assert [len(visits.latencies[name]) for name in ("slow", "quick")] == [1, 2]
    assert visits.latencies["slow"][0] >= 0.2
    assert max(visits.latencies["quick"]) < visits.latencies["slow"][0]


def test_an_answer_that_should_have_been_another_is_counted(small_server: int) -> None:
    lost = request_bytes("GET", "/lost")
    arrivals = [Arrival(0.0, (Step("here", lost), Step("there", lost, 404)))]
    assert run_arrivals(small_server, arrivals).wrong == {"here: 404": 1}


def test_people_arrive_at_equal_distances() -> None:
    assert evenly(5, 1.0) == [0.0, 0.2, 0.4, 0.6, 0.8]


def test_the_most_is_seen_also_when_it_is_gone_at_the_end() -> None:
    sizes = iter([1, *[7] * 3])

    def look() -> float:
        return next(sizes, 2)

    with watched(look) as seen:
        time.sleep(0.15)
    assert (seen[0], max(seen), seen[-1]) == (1, 7, 2)


def test_a_request_says_how_long_its_body_is() -> None:
    request = request_bytes("POST", "/here", headers={"Cookie": "a=b"}, body=b"text")
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /here HTTP/1.1\r\n")
    assert b"\r\nCookie: a=b\r\n" in head
    assert head.endswith(b"Content-Length: 4")
    assert body == b"text"
    assert b"Content-Length" not in request_bytes("GET", "/here")


ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: session=abc; HttpOnly; Path=/\r\n"
    b"Connection: close\r\n\r\nHello"
)


def test_an_answer_is_read_once_it_is_whole() -> None:
    for length in range(len(ANSWER)):
        assert read_answer(ANSWER[:length]) is None
    answer = read_answer(ANSWER)
    assert answer is not None
    assert (answer.status, answer.body, answer.size) == (200, b"Hello", len(ANSWER))
    assert answer.cookies == {"session": "abc"}
    assert answer.closes


def test_an_answer_without_a_length_is_refused() -> None:
    with pytest.raises(WireError, match="Content-Length"):
        read_answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    unchanged = read_answer(b"HTTP/1.1 304 NOT MODIFIED\r\n\r\n")
    assert unchanged is not None
    assert unchanged.status == 304


PAGE = """
<html><head>
<link rel="icon" href="/mark.svg"><link rel="stylesheet" href="css/app.css?v=1">
<link rel="stylesheet" href="css/app.css?v=1"><link rel="alternate" href="/feed">
<script type="module" src="/js/page.js"></script>
</head><body><img src="data:image/png;base64,AA=="><img src="/photo.png"><script>let a</script>
<a href="/elsewhere">x</a></body></html>
"""


def test_a_page_needs_its_style_sheets_scripts_images_and_icon_once() -> None:
    assert files_of_page(PAGE, "/modules/first/orient") == [
        "/mark.svg",
        "/modules/first/css/app.css?v=1",
        "/js/page.js",
        "/photo.png",
    ]


def test_a_page_without_an_icon_still_costs_one() -> None:
    assert files_of_page("<html></html>", "/here") == ["/favicon.ico"]


def test_style_sheets_and_scripts_fetch_in_turn() -> None:
    css = '@import "base.css"; a { background: url(img/dot.png) } b { background: url("data:,x") }'
    assert files_of_file(css, "/static/app.css?v=2") == ["/static/base.css", "/static/img/dot.png"]
    script = 'import { a } from "./a.js";\nimport "./b.js";\nconst from = "elsewhere";'
    assert files_of_file(script, "/js/page.js") == ["/js/a.js", "/js/b.js"]
    assert files_of_file("url(x.png)", "/img/mark.svg") == []


def test_the_ac2_that_the_engine_races_against_is_the_same_figure() -> None:
    """A race against a wrong formula would prove nothing."""
    scores, key = engine._ratings(1)
    pairs = np.stack([scores.ravel(), key.ravel()], axis=1).astype(int)
    columns = [row for pair in pairs.tolist() for row in pair]
    units = [f"{unit:03}" for unit in range(len(pairs)) for _ in range(2)]
    found = agreement(RatingTable(units, ["a", "b"] * len(pairs), columns), scale=engine.SCALE)
    expected = found.as_dict()["statistics"]["ac2_quadratic"]
    assert engine._ac2(pairs) == pytest.approx((expected["value"], expected["se"]))


def test_ratings_of_the_rasch_race_come_from_the_model() -> None:
    scores = engine._rasch_ratings(40)
    assert scores.shape == (40, engine.VIGNETTES, engine.ITEMS)
    assert set(np.unique(scores)) == set(engine.SCALE)
    assert np.ptp(scores.mean(axis=(1, 2))) > 0.5  # raters differ in severity


@pytest.mark.parametrize("name", ["cohort", "facets"])
def test_a_part_of_the_race_says_what_it_took(name: str) -> None:
    reading = engine.part(name, 5)
    assert reading["seconds"] > 0
    assert reading["peak_mebibytes"] > 1


def test_rounds_of_the_race_are_taken_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def taken(name: str, size: int) -> dict[str, float]:
        order.append(name)
        return {"seconds": float(size), "peak_mebibytes": 1.0}

    monkeypatch.setattr(engine, "part", taken)
    hares, tortoises = engine._in_turn(range(2), ("hare", 1), ("tortoise", 4))
    assert order == ["hare", "tortoise"] * 2
    assert engine._ratio(tortoises, hares) == 4.0
