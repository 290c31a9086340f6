"""Says what it hears, over WebSocket."""
import asyncio

import websockets


async def answer(socket):
    async for message in socket:
        await socket.send("heard " + message)


async def main():
    async with websockets.serve(answer, "127.0.0.1", 8765):
        await asyncio.Future()

asyncio.run(main())
