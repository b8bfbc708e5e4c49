"""Where somebody may be led on to: pages of this service, and nobody else's."""

from __future__ import annotations

import pytest

from training.accounts.signing_in import own_page


@pytest.mark.parametrize(
    "address",
    ["/", "/home", "/modules?x=1&y=//z", "/join/abc#top", "/a//b", "/?next=https://x.example"],
)
def test_a_page_of_this_service_is_led_on_to_as_it_is(address: str) -> None:
    assert own_page(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "home",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        " /home",
        "/\t/evil.example",  # browsers leave tabs and line breaks out of an address
        "/\n/evil.example",
        "/\r\n/evil.example",
        "/\t\\evil.example",
        "/\n\\evil.example",
        "/home\r\nX-Header: theirs",
    ],
)
def test_nothing_else_is(address: str | None) -> None:
    assert own_page(address) is None
