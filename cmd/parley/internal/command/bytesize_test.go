package command

import "testing"

func TestByteSize(t *testing.T) {
	for text, want := range map[string]string{
		"65536": "64KiB", "1B": "1B", "1500": "1500B", "512MiB": "512MiB", "512 mib": "512MiB", "2g": "2GiB",
		"0.5GiB": "512MiB", "1k": "1KiB", "1KB": "1000B", "3TiB": "3TiB", " 7 ": "7B", "1MB": "1000000B",
	} {
		var b byteSize
		if err := b.Set(text); err != nil || b.String() != want {
			t.Errorf("%q: %s, %v, want %s", text, &b, err, want)
		}
	}
	for _, text := range []string{"", "B", "MiB", "-1", "0", "much", "1XiB", "1e30", "NaN", "Inf", "8388608TiB", "1 2"} {
		var b byteSize
		if err := b.Set(text); err == nil {
			t.Errorf("%q: %s", text, &b)
		}
	}
}
