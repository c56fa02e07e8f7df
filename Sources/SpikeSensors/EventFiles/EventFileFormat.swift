/// The formats of event recordings that are understood.
public enum EventFileFormat: String, Sendable, CaseIterable {
    /// Prophesee RAW, 32-bit words.
    case evt2
    /// Prophesee RAW, 64-bit vector words.
    case evt21
    /// Prophesee RAW, 16-bit words.
    case evt3
    /// Prophesee DAT.
    case dat
    /// jAER, addresses of 32 bits.
    case aedat2
    /// cAER, packets, as in DVS128 Gesture.
    case aedat3
    /// DV, FlatBuffers.
    case aedat4
    /// Event Stream.
    case es
    /// N-MNIST and N-Caltech101, records of 5 bytes.
    case nmnist
    /// A line of text for each event.
    case csv
    /// HDF5 with columns, as in DSEC, or with Prophesee's records.
    case hdf5

    /// The name for people.
    public var title: String {
        switch self {
        case .evt2: "Prophesee RAW, EVT 2.0"
        case .evt21: "Prophesee RAW, EVT 2.1"
        case .evt3: "Prophesee RAW, EVT 3.0"
        case .dat: "Prophesee DAT"
        case .aedat2: "AEDAT 2.0"
        case .aedat3: "AEDAT 3.1"
        case .aedat4: "AEDAT 4.0"
        case .es: "Event Stream, dvs"
        case .nmnist: "N-MNIST, 5 bytes an event"
        case .csv: "text, a line for each event"
        case .hdf5: "HDF5"
        }
    }
}
