"""Health checks and reflection of gRPC, without generated code: messages are bytes."""
from concurrent import futures

import grpc

NAME = b"example.Greeter"


def reflect(requests, context):
    for _ in requests:
        service = b"\x0a" + bytes([len(NAME)]) + NAME
        services = b"\x0a" + bytes([len(service)]) + service
        yield b"\x32" + bytes([len(services)]) + services


server = grpc.server(futures.ThreadPoolExecutor(2))
server.add_generic_rpc_handlers((
    grpc.method_handlers_generic_handler("grpc.health.v1.Health", {
        "Check": grpc.unary_unary_rpc_method_handler(lambda request, context: b"\x08\x01")}),
    grpc.method_handlers_generic_handler("grpc.reflection.v1alpha.ServerReflection", {
        "ServerReflectionInfo": grpc.stream_stream_rpc_method_handler(reflect)}),
))
server.add_insecure_port("127.0.0.1:50051")
server.start()
server.wait_for_termination()
