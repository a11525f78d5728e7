"""Writes what a feed says to a file until its standard input ends: for each
message two lengths (4 bytes each, big endian), the topic, the body."""

import sys

import zmq


def main():
    socket = zmq.Context.instance().socket(zmq.SUB)
    socket.linger = 0
    socket.rcvhwm = 0
    socket.connect(sys.argv[1])
    socket.setsockopt(zmq.SUBSCRIBE, b"")
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    poller.register(sys.stdin, zmq.POLLIN)
    said = False
    with open(sys.argv[2], "wb") as file:
        while True:
            ready = dict(poller.poll(1000))
            if socket in ready:
                topic, body = socket.recv_multipart()
                if not said:
                    said = True
                    print("listening", flush=True)
                if topic.startswith(b"heads/"):
                    continue
                file.write(len(topic).to_bytes(4, "big"))
                file.write(len(body).to_bytes(4, "big"))
                file.write(topic)
                file.write(body)
            elif sys.stdin.fileno() in ready:
                return


main()
