package command

// defaultAddress is where the explorer is served unless told otherwise, and
// where the marks of pictures lead.
const defaultAddress = "127.0.0.1:8080"
