package matrix

// Allowing is the network with an allowance, for tests of what it opens.
var Allowing = allowing
