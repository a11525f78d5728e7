"""What a run comes to, in numbers; and whether that is good."""

import bisect
import collections


def quantile(values, part):
    if not values:
        return None
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))]


def milliseconds(value):
    return None if value is None else round(value * 1000, 1)


def recoveries(kills, periods, books):
    """For each stream that a killed worker may have had, the seconds until an
    event that was sent after the SIGKILL had its answer. Status says only how
    many streams it had, so the slowest ones are taken: an upper bound."""
    sent = collections.defaultdict(list)    # stream: [(sent, answered)]
    for members in books:
        for events in members.values():
            for event in events.values():
                if event.answered and event.sends == 1:
                    sent[event.stream].append((event.first, event.answered))
    for list_ in sent.values():
        list_.sort()
    found = []
    for when, streams in kills:
        until = min([began for kind, began, _ in periods if began > when] + [
            when + 10])
        times = []
        for list_ in sent.values():
            at = bisect.bisect(list_, (when, 0.0))
            after = [answered for first, answered in list_[at:at + 50]
                     if first < until]
            if after:
                times.append(min(after) - when)
        found += sorted(times)[-streams:] if streams else []
    return found


def make(options, faults, loads, subscribers, found, books, extra):
    answers, count, latencies, wrong = (
        collections.Counter(), collections.Counter(), [], [])
    for load in loads:
        answers.update(load["answers"])
        count.update(load["count"])
        latencies += load["latencies"]
        wrong += load["wrong"]
    kinds = collections.Counter(kind for kind, _, _ in faults.periods)
    recovered = recoveries(faults.kills, faults.periods, books)
    report = {
        "seed": options.seed, "seconds": options.seconds,
        "faults": {"all": sum(kinds.values()), "kinds": dict(
            sorted(kinds.items())), "left_out": extra["left_out"]},
        "members": sum(load["members"] for load in loads),
        "events": count.pop("events", 0),
        "unanswered": sum(load["unanswered"] for load in loads),
        "answers": dict(sorted(answers.items())),
        "retries": dict(sorted(count.items())),
        "answer_ms": {"p50": milliseconds(quantile(latencies, 0.5)),
                      "p99": milliseconds(quantile(latencies, 0.99)),
                      "max": milliseconds(max(latencies, default=None))},
        "worker_killed_ms": {
            "kills": len(faults.kills), "streams": len(recovered),
            "median": milliseconds(quantile(recovered, 0.5)),
            "p99": milliseconds(quantile(recovered, 0.99)),
            "max": milliseconds(max(recovered, default=None))},
        "subscribers": subscribers,
        "no_space_left": extra["no_space_left"],
        "books": found.as_dict(), "set_aside": extra["set_aside"],
        "verified": extra["verified"],
        "details": (wrong + found.details)[:40],
    }
    report["passed"] = is_good(report)
    return report


def is_good(report):
    return not any(report["books"].values()) and report["verified"] \
        and not report["set_aside"] and not report["unanswered"] \
        and not report["details"] and report["events"] > 0 \
        and not report["retries"].get("wrong_answers")
