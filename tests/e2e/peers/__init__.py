"""A test peer for each service appeald sends to."""

from . import chat, machines, push, robots

PEERS = {peer.kind: peer for module in (chat, robots, push, machines) for peer in module.PEERS}

# Kinds that appeald does not know yet.
NOT_YET = []
KINDS = [kind for kind in PEERS if kind not in NOT_YET]
