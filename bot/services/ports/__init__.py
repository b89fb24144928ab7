"""What the use cases need from outside, as protocols: storage satisfies them structurally, ``bot.app`` wires them."""
