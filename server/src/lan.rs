//! The QR code that `--lan` prints, so that a phone need not type an address.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// The address as a code of half blocks, readable on light and dark terminals; empty if it does not fit one.
pub fn qr(url: &str) -> String {
    QrCode::new(url.as_bytes()).map_or_else(
        |_| String::new(),
        |code| {
            code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).quiet_zone(true).build()
        },
    )
}
