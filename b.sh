for n in flipflop3-lstm flipflop3-vanilla integration3-gru integration1-vanilla integration1-gru integration1-gru-printed-discount; do ./Neurodynamics.Runs train $n /tmp/nets; done
