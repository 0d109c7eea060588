package datadir

// snapMagic is how a snapshot begins.
const snapMagic = "ZKSN"
