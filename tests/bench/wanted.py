"""What a bench wants of appeald, and whether it got it: said in one form, which tests/bench/run gathers."""

MISSED = 3  # a bench's exit status: it ran well, and its target was missed


def judge(wanted, good):
    """Prints the verdict; returns the exit status that goes with it."""
    print(f"  wanted: {wanted}: {'reached' if good else 'NOT reached'}", flush=True)
    return 0 if good else MISSED
