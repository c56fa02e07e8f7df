"""Speaks words and sentences with the speech synthesisers of Debian, for made-up recordings.

Everything is deterministic: the same versions of the synthesisers give the same samples. Samples are lists of
integers, 16 bit, 16,000 per second. Needs flite, espeak-ng, festival (kal, ked and slt voices) and sox; of Python only
the standard library.
"""

import array
import math
import random
import subprocess
import wave

RATE = 16_000

FLITE = ["slt", "rms", "awb", "kal16"]
FESTIVAL = ["kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts"]
ESPEAK_LANGUAGES = [
    "en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029", "en-us-nyc"]
ESPEAK_VARIANTS = [
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "Andy", "Annie", "Alicia", "Gene",
    "Hugo", "Jacky", "Lee", "Mario", "Michael", "adam", "anika", "antonio", "aunty", "belinda", "benjamin", "boris",
    "caleb", "david", "ed", "grandma", "grandpa", "john", "linda", "max", "michel", "paul", "quincy", "rob", "steph",
    "victor", "zac"]


class Voice:
    """One way to speak: a synthesiser's voice, a speed (1 is usual, more is slower), a pitch (1 is usual, more is
    higher) and a size of the speaker (1 is usual, less is a smaller one with higher formants)."""

    def __init__(self, engine, name, stretch=1.0, pitch=1.0, size=1.0):
        self.engine, self.name, self.stretch, self.pitch, self.size = engine, name, stretch, pitch, size

    @property
    def label(self):
        return f"{self.engine}-{self.name}".replace("_", "-").replace("+", "-")

    def command(self, text):
        if self.engine == "flite":
            pitch = (["--setf", f"int_f0_target_mean={105 * self.pitch:.1f}"] if self.name.startswith("kal")
                     else ["--setf", f"f0_shift={self.pitch:.3f}"])
            return ["flite", "-voice", self.name, "--setf", f"duration_stretch={self.stretch:.3f}", *pitch,
                    "-t", text, "-o", "/dev/stdout"]
        if self.engine == "espeak":
            return ["espeak-ng", "-v", self.name, "-s", str(round(150 / self.stretch)), "-p",
                    str(round(50 * self.pitch)), "--stdout", text]
        setting = f"(begin (voice_{self.name}) (Parameter.set 'Duration_Stretch {self.stretch:.3f}))"
        return ["text2wave", "-eval", setting]

    def speak(self, text):
        """The samples of `text`."""
        given = text.encode() if self.engine == "festival" else None
        spoken = subprocess.run(self.command(text), input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                check=True).stdout
        # -D: without dither, which would be random; the level leaves room for the resampler's overshoot.
        effects = ["speed", f"{1 / self.size:.4f}"] if self.size != 1 else []
        raw = subprocess.run(
            ["sox", "-D", "-V1", "--ignore-length", "-t", "wav", "-", "-t", "raw", "-r", str(RATE), "-c", "1", "-b",
             "16", "-e", "signed", "-L", "-", "gain", "-3", *effects, "rate", "-h", str(RATE)],
            input=spoken, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        samples = array.array("h")
        samples.frombytes(raw[: len(raw) // 2 * 2])
        return list(samples)


def drawn_voice(generator, index):
    """A voice for take `index`: engines in turn (three of ten takes are espeak-ng's), the rest drawn."""
    stretch = generator.uniform(0.8, 1.35)
    pitch = generator.uniform(0.85, 1.25)
    size = generator.choice([1.0, generator.uniform(0.86, 1.1)])
    kind = index % 10
    if kind in (1, 4, 8):
        name = f"{generator.choice(ESPEAK_LANGUAGES)}+{generator.choice(ESPEAK_VARIANTS)}"
        return Voice("espeak", name, stretch, generator.uniform(0.5, 1.6), size)
    if kind in (2, 6):
        return Voice("festival", FESTIVAL[(index // 10 + kind // 4) % 3], stretch, 1.0, size)
    return Voice("flite", FLITE[(index // 10 + kind) % 4], stretch, pitch, size)


def levels(samples, step=RATE // 100):
    """The RMS level of each 10 ms."""
    return [math.sqrt(sum(x * x for x in samples[i:i + step]) / step) for i in range(0, len(samples) - step + 1, step)]


def extent(samples, below_decibels=35):
    """First and last sample (past the end) that belong to the word: within `below_decibels` of its loudest 10 ms."""
    level = levels(samples)
    if not level or max(level) <= 0:
        return 0, len(samples)
    limit = max(level) / 10 ** (below_decibels / 20)
    loud = [i for i, value in enumerate(level) if value > limit]
    return loud[0] * RATE // 100, min(len(samples), (loud[-1] + 1) * RATE // 100)


def trimmed(samples):
    """Only the spoken part, with edges of 5 ms faded."""
    start, end = extent(samples)
    word = samples[start:end]
    fade = min(RATE // 200, len(word) // 2)
    for i in range(fade):
        word[i] = word[i] * i // fade
        word[-1 - i] = word[-1 - i] * i // fade
    return word


def spoken_word(voice, word, at_least=0.24):
    """The trimmed word, spoken more slowly where the voice would mumble it: some say "up" in 80 ms."""
    for _ in range(3):
        samples = trimmed(voice.speak(word))
        if len(samples) >= at_least * RATE:
            break
        voice.stretch = min(4.0, voice.stretch * 1.3 * at_least * RATE / max(1, len(samples)))
    return samples


def scaled(samples, peak):
    """The samples with their largest magnitude at `peak`."""
    largest = max((abs(x) for x in samples), default=0) or 1
    return [round(x * peak / largest) for x in samples]


def write(samples, path):
    """A 16-bit mono WAV file."""
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", [max(-32_768, min(32_767, x)) for x in samples]).tobytes())


def generator(*names):
    """Random numbers that depend on `names` alone."""
    return random.Random("/".join(str(name) for name in names))
