import pytest

from resonance_core.sources.refusals import refusal

COOKIES = (
    "Use --cookies-from-browser or --cookies for the authentication. See "
    "https://github.com/yt-dlp/yt-dlp/wiki/FAQ#how-do-i-pass-cookies-to-yt-dlp for how to manually "
    "pass cookies"
)
LIMITED = (
    "Video unavailable. This content isn't available, try again later. The current session has "
    "been rate-limited by YouTube for up to an hour. It is recommended to use `-t sleep`"
)
MEMBERS = "Join this channel to get access to members-only content"

MESSAGES = {
    f"Private video. Sign in if you've been granted access to this video. {COOKIES}": "is private",
    "Video unavailable. This video is private": "is private",
    "YouTube said: The playlist is private": "is private",
    f"Sign in to confirm you’re not a bot. {COOKIES}": "is held back",
    f"Sign in to confirm you're not a bot. {COOKIES}": "is held back",
    "Video unavailable. YouTube is requiring a captcha challenge before playback": "is held back",
    "All player responses are invalid. Your IP is likely being blocked by Youtube": "is held back",
    LIMITED: "has to wait",
    f"Sign in to confirm your age. This video may be inappropriate for some users. {COOKIES}": (
        "is restricted by age"
    ),
    f"{MEMBERS} like this video, and other exclusive perks.": "is for members of its channel",
    f"This video is available to this channel's members on level: A (or any higher). {MEMBERS}": (
        "is for members of its channel"
    ),
    "This video is only available to Music Premium members": "is for those who pay",
    "This video requires payment to watch": "is for those who pay",
    "The uploader has not made this video available in your country": "may not be played in this",
    "Video unavailable. This video contains content from SME, who has blocked it in your country "
    "on copyright grounds": "may not be played in this country",
    "This video is not available from your location due to geo restriction": "may not be played in",
    "Video unavailable. This video contains content from UMG, who has blocked it on copyright "
    "grounds": "is blocked by who owns its rights",
    "Video unavailable. This video is no longer available due to a copyright claim by A Label": (
        "is blocked by who owns its rights"
    ),
    "Premieres in 3 hours": "is not out yet (Premieres in 3 hours)",
    "Premiere will begin shortly": "is not out yet",
    "This live event will begin in 5 days.": "is not out yet",
    "We're processing this video. Check back later.": "is not out yet",
    "This live stream recording is not available.": "is a live stream that is off the air",
    "Offline.": "is a live stream that is off the air",
    "Video unavailable": "is gone, or was never there (Video unavailable)",
    "Video unavailable. This video has been removed by the uploader": "is gone",
    "This video has been removed for violating YouTube's Community Guidelines": "is gone",
    "Video unavailable. This video is no longer available because the YouTube account associated "
    "with this video has been terminated.": "is gone",
    "Video unavailable. This video is not available": "is gone",
    "YouTube said: The playlist does not exist.": "is gone",
    "YouTube said: This playlist type is unviewable.": "is gone",
    "The page needs to be reloaded.": "was not given out",
    "This video is DRM protected": "is encrypted",
    "No video formats found!": "has no audio that yt-dlp can find",
    "Requested format is not available. Use --list-formats for a list of available formats": (
        "has no audio that yt-dlp can find"
    ),
    "m3u8 download detected but ffmpeg could not be found. Please install": "comes in pieces",
    f"This video is only available for registered users. {COOKIES}": "plays only for those",
}


@pytest.mark.parametrize("message", MESSAGES)
def test_message_is_put_into_words(message: str) -> None:
    found = refusal(message)

    assert found is not None
    assert found.problem.format(message).startswith(MESSAGES[message])
    assert found.remedy


def test_only_what_may_pass_is_tried_again() -> None:
    passing = {message for message in MESSAGES if getattr(refusal(message), "transient", False)}

    assert passing == {LIMITED, "The page needs to be reloaded."}
    assert getattr(refusal(LIMITED), "wait_s", None) == 3600.0


@pytest.mark.parametrize(
    "message",
    [
        "Unable to find the catalog index",
        "Unable to download webpage: HTTP Error 404: Not Found",
        "",
    ],
)
def test_other_messages_mean_nothing(message: str) -> None:
    assert refusal(message) is None
