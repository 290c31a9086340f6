/* erofs/format.h - the structures of an EROFS image that slim writes. All numbers are little-endian.
 * Spec: Linux Documentation/filesystems/erofs.rst, and the on-disk format in fs/erofs/erofs_fs.h; features that slim
 * does not use are left out.
 * Shape: SUPER_AT: the superblock, then one slot of the device table. Behind them the inodes, each at a multiple of
 * EROFS_SLOT; the number of an inode (nid) is its offset divided by EROFS_SLOT. An inode is followed by its xattrs, and
 * by the index of its one chunk, or by the target of a symlink. Behind all inodes come blocks with directories and long
 * targets. */
#pragma once

#include <stdint.h>

#define EROFS_MAGIC 0xE0F5E1E2u
#define EROFS_SUPER_AT 1024
#define EROFS_BLOCK_BITS 9 /* as tar's blocks */
#define EROFS_BLOCK (1u << EROFS_BLOCK_BITS)
#define EROFS_SLOT 32u
#define EROFS_NAME_MAX 255

#define EROFS_COMPAT_MTIME 2u
#define EROFS_INCOMPAT_CHUNKED_FILE 4u
#define EROFS_INCOMPAT_DEVICE_TABLE 8u

struct erofs_super {
	uint32_t magic, checksum, feature_compat;
	uint8_t block_bits, extra_slots;
	uint16_t root_nid;
	uint64_t inodes, epoch;
	uint32_t epoch_nsec;
	uint32_t blocks; /* of the image itself */
	uint32_t meta_block, xattr_block;
	uint8_t uuid[16], volume_name[16];
	uint32_t feature_incompat;
	uint16_t algorithms, extra_devices;
	uint16_t device_slot; /* number of the first slot of the device table: its offset divided by the slot's size */
	uint8_t dir_block_bits, prefix_count;
	uint32_t prefix_start;
	uint64_t packed_nid;
	uint8_t filter_reserved, reserved[23];
} __attribute__((packed));
_Static_assert(sizeof(struct erofs_super) == 128, "the superblock");

struct erofs_device {
	uint8_t tag[64];
	uint32_t blocks, mapped_block;
	uint8_t reserved[56];
} __attribute__((packed));
_Static_assert(sizeof(struct erofs_device) == 128, "a slot of the device table");

enum erofs_layout { EROFS_PLAIN = 0, EROFS_INLINE = 2, EROFS_CHUNKS = 4 };
#define EROFS_EXTENDED 1 /* bit 0 of format; the layout follows */
#define EROFS_NO_BLOCK UINT32_MAX
#define EROFS_CHUNK_INDEXES 0x20 /* of a chunk format: 8-byte indexes; the low bits: size of a chunk, in blocks */

struct erofs_inode {
	uint16_t format, xattr_count; /* xattr_count: 4-byte words of the xattrs behind their header, and 1; 0 = none */
	uint16_t mode, reserved;
	uint64_t size;
	uint32_t place; /* first block; format of the chunks; number of a device */
	uint32_t ino, uid, gid;
	uint64_t mtime;
	uint32_t mtime_nsec, nlink;
	uint8_t reserved2[16];
} __attribute__((packed));
_Static_assert(sizeof(struct erofs_inode) == 64, "an extended inode");

struct erofs_chunk {
	uint16_t advise, device;
	uint32_t block;
} __attribute__((packed));

struct erofs_dirent {
	uint64_t nid;
	uint16_t name_at; /* in its block; that of the first one tells how many there are */
	uint8_t type, reserved;
} __attribute__((packed));
_Static_assert(sizeof(struct erofs_dirent) == 12, "an entry of a directory");

struct erofs_xattr_header {
	uint32_t filter;
	uint8_t shared, reserved[7];
} __attribute__((packed));
_Static_assert(sizeof(struct erofs_xattr_header) == 12, "what precedes the xattrs of an inode");

struct erofs_xattr { /* followed by the name behind its prefix and the value, padded to 4 bytes */
	uint8_t name_len, prefix;
	uint16_t value_len;
} __attribute__((packed));
