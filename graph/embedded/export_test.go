package embedded

// Lower has few quads go the ways that otherwise only many go: from the log into
// files, through several batches and spools, and into merges. What it returns
// puts the limits back; stores that were opened in between must be closed then.
func Lower() (restore func()) {
	record, log, memory, quads, spool, files := recordMost, logMost, leastMemory, inMemory, spoolHeld, filesMost
	recordMost, logMost, leastMemory, inMemory, spoolHeld, filesMost = 2<<10, 8<<10, 4<<10, 60, 256, 1
	return func() {
		recordMost, logMost, leastMemory, inMemory, spoolHeld, filesMost = record, log, memory, quads, spool, files
	}
}
