#!/usr/bin/python3
"""Makes container images of tar files: OCI layouts, OCI archives, docker archives.

  oci.py LAYOUT TAG CONFIG.json LAYER.tar...   one image in an OCI layout, gzip layers

CONFIG.json holds the "config" object of the image configuration. As a module: an Image has plain tar files
as layers; the functions write it in one of the formats. Nothing here shares code with slim.
"""
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile

CREATED = "2024-01-01T00:00:00Z"
OCI, DOCKER = "oci", "docker"
COMPRESSORS = {"gzip": ["gzip", "-nc", "-6"], "zstd": ["zstd", "-qc", "-3"], "none": None}
MEDIA = {
    OCI: {
        "index": "application/vnd.oci.image.index.v1+json",
        "manifest": "application/vnd.oci.image.manifest.v1+json",
        "config": "application/vnd.oci.image.config.v1+json",
        "none": "application/vnd.oci.image.layer.v1.tar",
        "gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
        "zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
    },
    DOCKER: {
        "index": "application/vnd.docker.distribution.manifest.list.v2+json",
        "manifest": "application/vnd.docker.distribution.manifest.v2+json",
        "config": "application/vnd.docker.container.image.v1+json",
        "none": "application/vnd.docker.image.rootfs.diff.tar",
        "gzip": "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "zstd": "application/vnd.docker.image.rootfs.diff.tar.zstd",
    },
}


def host_arch():
    machine = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def file_sha256(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def dumps(value):
    return json.dumps(value, sort_keys=True).encode()


class Image:
    """layers: plain tar files, bottom first. compression: one name, or one per layer. steps: what made each layer."""

    def __init__(self, layers, config, compression="gzip", family=OCI, arch=None, variant=None, steps=None):
        self.layers, self.config, self.family = list(layers), dict(config), family
        self.arch, self.variant = arch or host_arch(), variant
        each = [compression] * len(self.layers) if isinstance(compression, str) else compression
        self.compressions = list(each)
        self.steps = steps or ["COPY layer %d /" % i for i in range(len(self.layers))]

    def platform(self):
        p = {"architecture": self.arch, "os": "linux"}
        if self.variant:
            p["variant"] = self.variant
        return p

    def config_bytes(self):
        history = [{"created": CREATED, "created_by": step} for step in self.steps]
        history.append({"created": CREATED, "created_by": "CMD", "empty_layer": True})
        return dumps(dict(self.platform(), created=CREATED, config=self.config, history=history,
                          rootfs={"type": "layers", "diff_ids": ["sha256:" + file_sha256(p) for p in self.layers]}))


class Blobs:
    """blobs/sha256 of a layout."""

    def __init__(self, layout):
        self.dir = os.path.join(layout, "blobs", "sha256")
        os.makedirs(self.dir, exist_ok=True)

    def path(self, digest):
        return os.path.join(self.dir, digest.split(":")[1])

    def bytes(self, data, media):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(self.dir, digest), "wb") as f:
            f.write(data)
        return {"mediaType": media, "digest": "sha256:" + digest, "size": len(data)}

    def layer(self, tar, compression, media):
        fd, tmp = tempfile.mkstemp(dir=self.dir)
        command = COMPRESSORS[compression]
        with os.fdopen(fd, "wb") as out, open(tar, "rb") as source:
            if command:
                subprocess.run(command, stdin=source, stdout=out, check=True)
            else:
                shutil.copyfileobj(source, out, 1 << 20)
        digest, size = file_sha256(tmp), os.path.getsize(tmp)
        os.chmod(tmp, 0o644)
        os.rename(tmp, os.path.join(self.dir, digest))
        return {"mediaType": media, "digest": "sha256:" + digest, "size": size}


def put_manifest(blobs, image):
    media = MEDIA[image.family]
    manifest = {
        "schemaVersion": 2,
        "mediaType": media["manifest"],
        "config": blobs.bytes(image.config_bytes(), media["config"]),
        "layers": [blobs.layer(t, c, media[c]) for t, c in zip(image.layers, image.compressions)],
    }
    return blobs.bytes(dumps(manifest), media["manifest"])


def write_layout(layout, tag, *images, nested=False):
    """One image: its manifest is in index.json. Several (or nested): an index of platforms between."""
    blobs = Blobs(layout)
    entries = [dict(put_manifest(blobs, i), platform=i.platform()) for i in images]
    entry = entries[0]
    if nested or len(entries) > 1:
        media = MEDIA[images[0].family]["index"]
        entry = blobs.bytes(dumps({"schemaVersion": 2, "mediaType": media, "manifests": entries}), media)
    else:
        entry.pop("platform")
    if tag:
        entry["annotations"] = {"org.opencontainers.image.ref.name": tag}
    index_path = os.path.join(layout, "index.json")
    index = {"schemaVersion": 2, "manifests": []}
    if os.path.exists(index_path):
        with open(index_path) as f:
            index = json.load(f)
    index["manifests"].append(entry)
    with open(index_path, "wb") as f:
        f.write(dumps(index))
    with open(os.path.join(layout, "oci-layout"), "w") as f:
        f.write('{"imageLayoutVersion": "1.0.0"}')
    return entry["digest"]


def tar_directory(directory, archive):
    with tarfile.open(archive, "w") as tar:
        for name in sorted(os.listdir(directory)):
            tar.add(os.path.join(directory, name), name)


def write_oci_archive(archive, tag, *images, **options):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(archive)) as d:
        write_layout(d, tag, *images, **options)
        tar_directory(d, archive)


def write_docker_archive_old(archive, name, image):
    """As docker save before 25: HEX/layer.tar, a symlink for a layer that comes twice, repositories."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(archive)) as d:
        config = image.config_bytes()
        config_name = hashlib.sha256(config).hexdigest() + ".json"
        with open(os.path.join(d, config_name), "wb") as f:
            f.write(config)
        paths, seen = [], {}
        for i, tar in enumerate(image.layers):
            diff = file_sha256(tar)
            top = hashlib.sha256(("%d %s" % (i, diff)).encode()).hexdigest()
            os.mkdir(os.path.join(d, top))
            paths.append(top + "/layer.tar")
            for file, text in (("VERSION", "1.0"), ("json", json.dumps({"id": top}))):
                with open(os.path.join(d, top, file), "w") as f:
                    f.write(text)
            if diff in seen:
                os.symlink("../" + seen[diff], os.path.join(d, paths[-1]))
            else:
                shutil.copyfile(tar, os.path.join(d, paths[-1]))
                seen[diff] = paths[-1]
        write_manifest_json(d, config_name, name, paths)
        repo, _, tag = name.rpartition(":")
        with open(os.path.join(d, "repositories"), "w") as f:
            json.dump({repo: {tag: top}}, f)
        tar_directory(d, archive)


def write_docker_archive_new(archive, name, image):
    """As docker save since 25: an OCI layout that has a manifest.json too."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(archive)) as d:
        digest = write_layout(d, name.rpartition(":")[2], image)
        blobs = Blobs(d)
        with open(blobs.path(digest)) as f:
            manifest = json.load(f)
        blob_name = lambda descriptor: "blobs/sha256/" + descriptor["digest"].split(":")[1]
        write_manifest_json(d, blob_name(manifest["config"]), name, [blob_name(x) for x in manifest["layers"]])
        tar_directory(d, archive)


def write_manifest_json(directory, config, name, layers):
    with open(os.path.join(directory, "manifest.json"), "w") as f:
        json.dump([{"Config": config, "RepoTags": [name], "Layers": layers}], f)


def main(argv):
    if len(argv) < 4:
        sys.exit(__doc__)
    layout, tag, config = argv[:3]
    with open(config) as f:
        print(write_layout(layout, tag, Image(argv[3:], json.load(f))))


if __name__ == "__main__":
    main(sys.argv[1:])
