import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The sound of a machine that never was: a shaft with harmonics, a gear, noise of air and rolling, and what goes wrong.
///
/// ```
/// shaft      sum over k of a_k sin(2 pi k f t),   f wanders by 0.3 % around `shaftHertz`
/// gear       a tone at 17 f, its amplitude turns with the shaft
/// noise      white noise through resonances at 600 Hz and 2.4 kHz, and a floor
/// bearing    impacts at 3.58 f (an outer race with nine balls), each a ring at 3.1 kHz that dies within 2 ms
/// imbalance  the first harmonic four times as strong
/// tone       a whistle at 3.1 kHz
/// ```
/// McFadden and Smith 1984 give the model of the impacts (J. Sound and Vibration 96, 69). A fault grows from nothing within
/// half a second. The same seed gives the same machine; the sound is synthetic and is called so wherever it is used.
public struct MachineSynthesizer {
    /// What goes wrong.
    public enum Fault: String, CaseIterable, Sendable {
        /// Nothing.
        case none
        /// The outer race of a bearing is pitted.
        case bearing
        /// The shaft is out of balance.
        case imbalance
        /// Something whistles.
        case tone
    }

    /// What one chooses.
    public struct Settings: Hashable, Sendable {
        /// Samples per second.
        public var sampleRate = 16_000
        /// Turns of the shaft per second.
        public var shaftHertz = 24.7
        /// What goes wrong.
        public var fault = Fault.none
        /// When it begins, in seconds.
        public var faultSeconds = 0.0
        /// How strong it is: 1 is clearly heard.
        public var strength = 1.0
        /// The frequency of the whistle, and of the ring of an impact, in hertz.
        public var ringHertz = 3_100.0

        /// A healthy machine at 16 kHz.
        public init() {}
    }

    private let settings: Settings
    private var random: SeededGenerator
    private var time = 0.0
    private var turns = 0.0
    private var wander = 0.0
    private var impactPhase = 0.0
    private var nextImpact = 1.0
    private var ring = (age: 1.0, strength: 0.0)
    private let harmonics: [(amplitude: Double, phase: Double)]
    private var resonances: [Resonance]

    /// A machine drawn from `seed`.
    public init(_ settings: Settings = Settings(), seed: UInt64) {
        self.settings = settings
        random = SeededGenerator(seed, 0x6D61_6368)
        var list: [(Double, Double)] = []
        for k in 1...12 {
            let amplitude = 0.03 / Double(k) * (0.5 + Double(random.unit()))
            list.append((amplitude, 2 * Double.pi * Double(random.unit())))
        }
        harmonics = list
        let rate = Double(settings.sampleRate)
        resonances = [600.0, 2_400].filter { $0 < rate * 0.45 }.map { Resonance(hertz: $0, rate: rate) }
    }

    /// The next samples, as 16-bit PCM.
    public mutating func next(_ count: Int) -> [Int16] {
        (0..<count).map { _ in
            let value = min(max(sample() * 32_767, -32_768), 32_767)
            return Int16(value.rounded())
        }
    }

    private mutating func sample() -> Double {
        let step = 1 / Double(settings.sampleRate)
        wander += (Double(random.normal()) * 0.003 - wander) * step
        let frequency = settings.shaftHertz * (1 + wander)
        turns += frequency * step
        time += step
        let onset = settings.fault == .none ? 0 : min(max((time - settings.faultSeconds) * 2, 0), 1)
        let amount = onset * settings.strength
        var sum = 0.0
        for (index, harmonic) in harmonics.enumerated() {
            let gain = index == 0 && settings.fault == .imbalance ? 1 + 3 * amount : 1
            let angle = 2 * Double.pi * turns * Double(index + 1) + harmonic.phase
            sum += gain * harmonic.amplitude * sin(angle)
        }
        let turn = 2 * Double.pi * turns
        sum += 0.012 * (1 + 0.3 * sin(turn)) * sin(17 * turn)
        let noise = Double(random.normal())
        for index in resonances.indices { sum += 0.01 * resonances[index].filter(noise) }
        sum += 0.002 * Double(random.normal())
        return sum + faultSample(amount, frequency, step)
    }

    private mutating func faultSample(_ amount: Double, _ frequency: Double, _ step: Double) -> Double {
        guard amount > 0 else { return 0 }
        let ringing = 2 * .pi * settings.ringHertz
        switch settings.fault {
        case .tone: return 0.01 * amount * sin(ringing * time)
        case .bearing:
            impactPhase += 3.58 * frequency * step
            if impactPhase >= nextImpact {
                // Balls slip by about a hundredth.
                nextImpact += 1 + 0.01 * Double(random.normal())
                ring = (0, 0.12 * amount * (0.7 + 0.6 * Double(random.unit())))
            }
            ring.age += step
            return ring.strength * exp(-ring.age / 0.0006) * sin(ringing * ring.age)
        case .none, .imbalance: return 0
        }
    }
}

/// A resonance of second order with a quality of 4.
private struct Resonance {
    private let (a, b, gain): (Double, Double, Double)
    private var (last, before) = (0.0, 0.0)

    init(hertz: Double, rate: Double) {
        let radius = exp(-.pi * hertz / 4 / rate)
        a = 2 * radius * cos(2 * .pi * hertz / rate)
        b = -radius * radius
        gain = 1 - radius
    }

    mutating func filter(_ x: Double) -> Double {
        let y = gain * x + a * last + b * before
        (before, last) = (last, y)
        return y
    }
}
