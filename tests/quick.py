"""Options that make commands play little to learn words and to try a direction."""

LITTLE = (
    *("--set", "calibrate.prompts=[music]"),
    *("--set", "scan.prompts=[music]", "--set", "scan.duration_s=0.5"),
    *("--set", "vocabulary.prompts=[techno, folk]", "--set", "vocabulary.common=1"),
    *("--set", "vocabulary.clips=1", "--set", "vocabulary.duration_s=0.5"),
)
