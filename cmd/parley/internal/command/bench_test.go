package command

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkProcess measures what a user waits for: a process from its start to
// its end. An answer from the built-in facts should take less than 100 ms, help
// less than 50 ms.
func BenchmarkProcess(b *testing.B) {
	parley := filepath.Join(b.TempDir(), "parley")
	if out, err := exec.Command("go", "build", "-o", parley, "parley/cmd/parley").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for name, line := range map[string]string{
		"help":               "--help",
		"negotiated-with":    "query negotiated-with",
		"retaliation-chains": "query retaliation-chains",
		"in-force":           "query in-force --on 2019-06-01",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if out, err := exec.Command(parley, strings.Fields(line)...).CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/process")
			b.ReportMetric(0, "ns/op")
		})
	}
}
