"""What the comparison of rows with the record rests on (REC-1); the rows themselves: ``tests/services``."""

from __future__ import annotations

from bot.governance.consistency import values_told
from bot.governance.effects import PolicyChange
from bot.governance.policy import genesis
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import read
from bot.governance.proposals_types import Text
from bot.governance.versions import digest


def test_the_digest_of_a_version_is_the_same_next_year() -> None:
    """It stands in records for good: a field more in what is hashed would accuse every version there ever was."""
    text = Text(
        title="A well", ask="Dig a well.", why="We are thirsty.", amount_written="12.50", amount=1250, currency="EUR"
    )
    effects = (PolicyChange("limits.versions", "6", "5"),)
    assert digest(text, effects) == "182acaf9d2ebfcf15a13374eac224c716cc28ce00bd0355a5869716bc40ca9bb"


def test_a_policy_is_read_back_from_what_the_record_tells_of_it() -> None:
    told = values_told(genesis())
    assert told.keys() == KEYS.keys()
    assert {name: read(KEYS[name], value) for name, value in told.items()} == dict(genesis().values)
