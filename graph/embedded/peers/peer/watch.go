package peer

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Watch samples the memory of a process and those it started, shared pages
// counted once, ten times a second. The function that it returns ends that
// and gives the most that was seen, in KiB.
func Watch(pid int) (stop func() int64) {
	done, result := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, resident(pid))
			select {
			case <-done:
				result <- max(most, resident(pid))
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 { close(done); return <-result }
}

// resident adds up a process and its children. One that has just ended counts
// nothing.
func resident(pid int) int64 {
	id := strconv.Itoa(pid)
	text, _ := os.ReadFile(filepath.Join("/proc", id, "smaps_rollup"))
	total, _ := field(string(text), "Pss:")
	children, _ := os.ReadFile(filepath.Join("/proc", id, "task", id, "children"))
	for _, child := range strings.Fields(string(children)) {
		if n, err := strconv.Atoi(child); err == nil {
			total += resident(n)
		}
	}
	return total
}
