//! A small gzip body that unpacks to gigabytes: blanks inside a JSON answer.
//!
//! One megabyte is packed once and sent again and again, so neither side's size is ever in memory.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use flate2::{Compress, Compression, Crc, FlushCompress};
use futures_util::stream::{self, StreamExt as _};

const BLOCK: usize = 1 << 20;
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// At least `unpacked` bytes of valid JSON, packed about a thousandfold.
pub(crate) fn gzip(unpacked: u64) -> Body {
    let head = br#"{"response":["#;
    let blanks = vec![b' '; BLOCK];
    let tail = br#"],"count":0,"total":0,"status":0,"statusCode":200}"#;
    let blocks = unpacked.div_ceil(BLOCK as u64);

    let mut crc = crc_of(head);
    let block_crc = crc_of(&blanks);
    for _ in 0..blocks {
        crc.combine(&block_crc);
    }
    crc.combine(&crc_of(tail));

    let mut first = HEADER.to_vec();
    first.extend(deflate(head, FlushCompress::Full));
    let mut last = deflate(tail, FlushCompress::Finish);
    last.extend(crc.sum().to_le_bytes());
    last.extend(crc.amount().to_le_bytes());
    let packed = Bytes::from(deflate(&blanks, FlushCompress::Full));
    let middle = stream::iter((0..blocks).map(move |_| packed.clone()));
    let pieces =
        stream::iter([Bytes::from(first)]).chain(middle).chain(stream::iter([last.into()]));
    Body::from_stream(pieces.map(Ok::<Bytes, Infallible>))
}

fn crc_of(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}

/// A full flush ends at a byte, so that packed blocks can follow each other in any number.
fn deflate(bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1024);
    // Cannot fail: the output has room for the worst case.
    let _ = Compress::new(Compression::best(), false).compress_vec(bytes, &mut out, flush);
    out.shrink_to_fit();
    out
}
