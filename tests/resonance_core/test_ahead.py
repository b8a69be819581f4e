import itertools
import threading

import pytest

from resonance_core.ahead import ahead, behind

WAIT_S = 10


def counting(started: list[int], number: int, of: int = 5):
    for item in range(of):
        started.append(number)
        yield (number, item)


def test_items_come_in_the_order_of_their_sources():
    taken = list(ahead([counting([], number) for number in range(6)], threads=3, depth=1))
    assert taken == [(number, item) for number in range(6) for item in range(5)]


def test_sources_are_worked_out_ahead_no_further_than_asked():
    both = threading.Barrier(3)
    made: list[int] = []

    def source(number: int):
        both.wait(WAIT_S)
        yield from counting(made, number, of=100)

    items = ahead([source(0), source(1)], threads=2, depth=2)
    opener = threading.Thread(target=both.wait)  # opens only when both sources run at once
    opener.start()
    assert next(items) == (0, 0)
    opener.join(WAIT_S)
    items.close()
    # Of the second one: those that wait, one that is put, one that is worked out.
    assert made.count(1) <= 5


def test_an_error_comes_after_what_was_made_before_it():
    def broken():
        yield 1
        raise ValueError("broken")

    items = ahead([broken()], threads=1, depth=3)
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_closing_early_ends_all_threads_and_closes_the_sources():
    closed = []

    def endless(number: int):
        try:
            while True:
                yield number
        finally:
            closed.append(number)

    before = threading.active_count()
    items = ahead([endless(number) for number in range(3)], threads=2, depth=1)
    assert next(items) == 0
    items.close()
    assert threading.active_count() == before
    assert 0 in closed


def test_items_are_consumed_behind_in_order():
    consumed: list[int] = []
    with behind(consumed.extend, depth=2) as put:
        for item in range(100):
            put(item)
    assert consumed == list(range(100))


def test_whoever_puts_hears_of_an_error_and_is_not_held_up():
    def fail(items):
        next(items)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"), behind(fail, depth=1) as put:
        list(map(put, itertools.count()))


def test_an_error_of_the_last_item_is_heard_too():
    def fail(items):
        list(items)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"), behind(fail, depth=5) as put:
        put(1)


def test_an_error_of_whoever_puts_stops_the_consumer():
    consumed: list[int] = []
    with pytest.raises(ZeroDivisionError), behind(consumed.extend, depth=5) as put:
        put(1 / 1) or put(1 / 0)
    assert consumed == [1]
