"""An index of several platforms, with all that real ones have."""
import gzip
import json
import os
import subprocess

import oci

from testenv.layers import Layer

INDEX = oci.MEDIA[oci.OCI]["index"]
ATTESTATION_OF = "vnd.docker.reference.digest"
TRIPLES = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
HOST = oci.host_arch()
FOREIGN = "arm64" if HOST == "amd64" else "amd64"


def compile_reader(directory, arch):
    program = os.path.join(str(directory), "reader-" + arch)
    source = os.path.join(os.path.dirname(oci.__file__), "reader.c")
    subprocess.run(["clang", "--target=" + TRIPLES[arch], "-O1", "-ffreestanding", "-nostdlib", "-static", "-fuse-ld=lld",
                    "-o", program, source], check=True)
    return program


class Index:
    """An index in an OCI layout: plain images of HOST and FOREIGN, one of arm/v7, one of Windows, and an attestation of each
    Linux image. The plain ones have a program that reads /etc/used, and /etc/unused."""

    def __init__(self, directory, elsewhere=True, broken=None):
        """elsewhere: the layer of Windows is only named, as in old base images; some registries refuse that. broken: the
        architecture whose program fails, because /etc/used is missing."""
        self.elsewhere, self.broken = elsewhere, broken
        self.layout = os.path.join(str(directory), "index")
        os.makedirs(self.layout)
        self.blobs = oci.Blobs(self.layout)
        self.entries = []
        for arch in ("amd64", "arm64"):
            self.add_image(compile_reader(directory, arch), arch)
        self.add_image(None, "arm", "v7")
        self.add_windows()
        self.attestations = [self.add_attestation(e) for e in self.entries[:3]]
        for attestation in self.attestations:
            self.entries.append(attestation)
        self.write()

    @property
    def reference(self):
        return "oci:%s:all" % self.layout

    def entry(self, arch, variant=None):
        return next(e for e in self.entries if e["platform"]["architecture"] == arch and e["platform"]["os"] == "linux"
                    and e["platform"].get("variant") == variant)

    def add_image(self, program, arch, variant=None):
        layer = Layer().dir("bin").dir("etc").file("etc/unused", "x" * 100000)
        if arch != self.broken:
            layer.file("etc/used", "used by %s\n" % arch)
        if program:
            with open(program, "rb") as f:
                layer.file("bin/reader", f.read(), mode=0o755)
        tar = layer.write(os.path.join(self.layout, "..", "layer-%s.tar" % arch))
        image = oci.Image([tar], {"Entrypoint": ["/bin/reader"]}, arch=arch, variant=variant)
        manifest = json.loads(self.read(oci.put_manifest(self.blobs, image)["digest"]))
        manifest["annotations"] = {"containerd.io/snapshot/stargz/toc.digest": "sha256:" + "0" * 64, "org.example.stays": "yes"}
        manifest["layers"][0]["annotations"] = {"io.github.containers.zstd-chunked.manifest-checksum": "sha256:" + "0" * 64}
        entry = self.blobs.bytes(oci.dumps(manifest), oci.MEDIA[oci.OCI]["manifest"])
        entry["platform"] = image.platform()
        entry["annotations"] = {"com.example.arch": arch, "containerd.io/snapshot/stargz/toc.digest": "sha256:" + "0" * 64}
        self.entries.append(entry)

    def add_windows(self):
        config = self.blobs.bytes(oci.dumps({"os": "windows", "architecture": "amd64", "os.version": "10.0.17763.1",
                                             "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "1" * 64]}}),
                                  oci.MEDIA[oci.OCI]["config"])
        layer = self.blobs.bytes(gzip.compress(b"not read", mtime=0), oci.MEDIA[oci.OCI]["gzip"])
        if self.elsewhere:
            layer = {"mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "digest": "sha256:" + "2" * 64,
                     "size": 12345, "urls": ["https://example.com/layer"]}
        manifest = {"schemaVersion": 2, "mediaType": oci.MEDIA[oci.OCI]["manifest"], "config": config, "layers": [layer]}
        entry = self.blobs.bytes(oci.dumps(manifest), manifest["mediaType"])
        entry["platform"] = {"os": "windows", "architecture": "amd64", "os.version": "10.0.17763.1", "os.features": ["win32k"]}
        self.entries.append(entry)

    def add_attestation(self, of):
        """As buildx makes them."""
        layer = self.blobs.bytes(b'{"predicateType": "https://spdx.dev/Document"}', "application/vnd.in-toto+json")
        config = self.blobs.bytes(oci.dumps({"architecture": "unknown", "os": "unknown", "of": of["digest"]}),
                                  oci.MEDIA[oci.OCI]["config"])
        manifest = {"schemaVersion": 2, "mediaType": oci.MEDIA[oci.OCI]["manifest"], "config": config, "layers": [layer]}
        entry = self.blobs.bytes(oci.dumps(manifest), manifest["mediaType"])
        entry["annotations"] = {ATTESTATION_OF: of["digest"], "vnd.docker.reference.type": "attestation-manifest"}
        entry["platform"] = {"os": "unknown", "architecture": "unknown"}
        return entry

    def write(self):
        self.document = {"schemaVersion": 2, "mediaType": INDEX, "annotations": {"of": "the index"}, "manifests": self.entries}
        top = self.blobs.bytes(oci.dumps(self.document), INDEX)
        top["annotations"] = {"org.opencontainers.image.ref.name": "all"}
        for name, value in (("index.json", {"schemaVersion": 2, "manifests": [top]}),
                            ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
            with open(os.path.join(self.layout, name), "wb") as f:
                f.write(oci.dumps(value))

    def read(self, digest):
        with open(self.blobs.path(digest), "rb") as f:
            return f.read()
