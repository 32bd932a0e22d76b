"""The first program of an implementation, for languages that have one here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Starter:
    """A program that says its version and, to all else, that it is not written yet."""

    file: str
    text: str
    build: str = ""  # the line of impl.yaml; empty for what needs none
    executable: bool = True


# With NAME for the name and LANGUAGE for the language of the implementation.
SHELL = Starter(
    "fraisier",
    """\
#!/bin/sh
# The beginning of an implementation in LANGUAGE. It may run your program instead:
#     exec "$(dirname "$0")/build/NAME" "$@"
if [ "$1" = "--version" ]; then
    echo "NAME 0.0.0"
    exit 0
fi
echo "error[internal] not written yet: $*" >&2
exit 1
""",
)
PYTHON = Starter(
    "fraisier",
    """\
#!/usr/bin/env python3
# The beginning of an implementation in LANGUAGE.
import sys

if sys.argv[1:] == ["--version"]:
    print("NAME 0.0.0")
    sys.exit(0)
sys.exit("error[internal] not written yet: " + " ".join(sys.argv[1:]))
""",
)
PERL = Starter(
    "fraisier",
    """\
#!/usr/bin/env perl
# The beginning of an implementation in LANGUAGE.
use strict;
use warnings;

if (@ARGV == 1 && $ARGV[0] eq '--version') {
    print "NAME 0.0.0\\n";
    exit 0;
}
print STDERR "error[internal] not written yet: @ARGV\\n";
exit 1;
""",
)
RUBY = Starter(
    "fraisier",
    """\
#!/usr/bin/env ruby
# The beginning of an implementation in LANGUAGE.
if ARGV == ["--version"]
  puts "NAME 0.0.0"
  exit 0
end
warn "error[internal] not written yet: #{ARGV.join(' ')}"
exit 1
""",
)
NODE = Starter(
    "fraisier",
    """\
#!/usr/bin/env node
// The beginning of an implementation in LANGUAGE.
"use strict";

const words = process.argv.slice(2);
if (words.length === 1 && words[0] === "--version") {
  console.log("NAME 0.0.0");
} else {
  console.error(`error[internal] not written yet: ${words.join(" ")}`);
  process.exitCode = 1;
}
""",
)
GO = Starter(
    "main.go",
    """\
// The beginning of an implementation in LANGUAGE.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	words := os.Args[1:]
	if len(words) == 1 && words[0] == "--version" {
		fmt.Println("NAME 0.0.0")
		return
	}
	fmt.Fprintln(os.Stderr, "error[internal] not written yet: "+strings.Join(words, " "))
	os.Exit(1)
}
""",
    build="build: [go, build, -o, fraisier, main.go]",
    executable=False,
)
RUST = Starter(
    "main.rs",
    """\
// The beginning of an implementation in LANGUAGE.
fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words == ["--version"] {
        println!("NAME 0.0.0");
        return;
    }
    eprintln!("error[internal] not written yet: {}", words.join(" "));
    std::process::exit(1);
}
""",
    build="build: [rustc, -o, fraisier, main.rs]",
    executable=False,
)
KNOWN = {
    "go": GO,
    "javascript": NODE,
    "js": NODE,
    "node": NODE,
    "perl": PERL,
    "python": PYTHON,
    "ruby": RUBY,
    "rust": RUST,
}


def starter(language: str) -> Starter:
    """That of the language; any other begins with a shell script that runs its program."""
    return KNOWN.get(language.strip().lower(), SHELL)
