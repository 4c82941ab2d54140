package insight

// KeyOther is the Key of the series that sums up the groups beyond those that
// are shown one by one. It cannot be the value of a dimension.
const KeyOther = "\x00other"
