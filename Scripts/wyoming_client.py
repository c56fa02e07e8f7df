"""Talks to a Wyoming wake-word service with the public Python package, for the tests: sends the 16 kHz WAV file to the address
as some clients at once, at ten times real time, and prints what each got as one JSON object per line."""
import asyncio
import json
import sys
import wave

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.info import Describe, Info
from wyoming.wake import Detect, Detection, NotDetected


async def talk(uri, samples, names):
    result = {"models": [], "detections": [], "not_detected": 0}
    async with AsyncClient.from_uri(uri) as client:
        await client.write_event(Describe().event())
        info = Info.from_event(await client.read_event())
        result["models"] = [model.name for program in info.wake for model in program.models]
        if names:
            await client.write_event(Detect(names=names).event())
        await client.write_event(AudioStart(rate=16000, width=2, channels=1).event())

        async def send():
            for start in range(0, len(samples), 2048):
                part = samples[start:start + 2048]
                chunk = AudioChunk(rate=16000, width=2, channels=1, audio=part, timestamp=start // 32)
                await client.write_event(chunk.event())
                await asyncio.sleep(0.0064)
            await client.write_event(AudioStop().event())
            await client.write_event(Describe().event())

        sending = asyncio.create_task(send())
        while True:
            event = await asyncio.wait_for(client.read_event(), 60)
            if event is None or Info.is_type(event.type):
                break
            if Detection.is_type(event.type):
                detection = Detection.from_event(event)
                result["detections"].append([detection.name, detection.timestamp])
            if NotDetected.is_type(event.type):
                result["not_detected"] += 1
        await sending
    return result


async def main():
    uri, path, clients = sys.argv[1], sys.argv[2], int(sys.argv[3])
    names = sys.argv[4:]
    with wave.open(path) as file:
        samples = file.readframes(file.getnframes())
    results = await asyncio.gather(*(talk(uri, samples, names) for _ in range(clients)))
    for result in results:
        print(json.dumps(result))


asyncio.run(main())
