"""Options that make commands play little while they try a direction."""

ONE_TRIAL = (
    *("--set", "calibrate.prompts=[music]"),
    *("--set", "scan.prompts=[music]", "--set", "scan.duration_s=0.5"),
)
