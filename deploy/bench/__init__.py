"""What ruleout costs, measured: every figure is printed with the command that gives it."""
