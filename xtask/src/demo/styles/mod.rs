//! The styles of the museum and the makers who work in them, all invented.

mod botanical;
mod celestial;
mod colour_field;
mod constructivist;
mod currents;
mod deco;
mod dots;
mod geometric;
mod guilloche;
mod ink;
mod masks;
mod mosaic;
mod night_city;
mod quilt;
mod regatta;
mod stained_glass;
mod still_life;
mod tilings;
mod topographic;
mod waves;

use super::Painted;
use super::random::Rng;

pub struct Style {
    pub name: &'static str,
    pub makers: &'static [Maker],
    /// Paints work `number` of the style.
    pub paint: fn(&Rng, usize) -> Painted,
}

/// An invented artist and the years of their work.
pub struct Maker {
    pub name: &'static str,
    pub from: usize,
    pub to: usize,
}

const fn maker(name: &'static str, from: usize, to: usize) -> Maker {
    Maker { name, from, to }
}

pub const STYLES: &[Style] = &[
    Style {
        name: "Geometric abstraction",
        makers: &[maker("Ilse Varnhagen", 1922, 1938), maker("Tomas Erlik", 1948, 1967)],
        paint: geometric::paint,
    },
    Style {
        name: "Colour field",
        makers: &[maker("Miriam Aldous", 1951, 1974), maker("Joaquim Serra Pell", 1962, 1988)],
        paint: colour_field::paint,
    },
    Style {
        name: "Constructivist poster",
        makers: &[maker("Varvara Osk", 1921, 1934), maker("Lev Antonin Graf", 1924, 1932)],
        paint: constructivist::paint,
    },
    Style {
        name: "Ink landscape",
        makers: &[maker("Master of the Cold Spring", 1610, 1668), maker("Ren Hakuro", 1788, 1829)],
        paint: ink::paint,
    },
    Style {
        name: "Night city",
        makers: &[maker("Oda Lindqvarn", 1928, 1951), maker("Percy Hallam Roe", 1936, 1959)],
        paint: night_city::paint,
    },
    Style {
        name: "Botanical plate",
        makers: &[maker("Henrietta Moss-Delaney", 1794, 1826), maker("Jan Willem Okker", 1751, 1783)],
        paint: botanical::paint,
    },
    Style {
        name: "Celestial chart",
        makers: &[maker("Aurelio Pontevecchi", 1661, 1694), maker("Sister Benedikta", 1702, 1731)],
        paint: celestial::paint,
    },
    Style {
        name: "Art deco",
        makers: &[maker("Lucien Arvaud", 1924, 1938), maker("Delphine Marchetti", 1927, 1941)],
        paint: deco::paint,
    },
    Style {
        name: "Woodcut waves",
        makers: &[maker("Tanemura Shogetsu", 1826, 1858), maker("Ito Kaifu", 1891, 1923)],
        paint: waves::paint,
    },
    Style {
        name: "Stained glass",
        makers: &[maker("The Holm Abbey workshop", 1390, 1460), maker("Edith Carnaway", 1898, 1927)],
        paint: stained_glass::paint,
    },
    Style {
        name: "Star tiling",
        makers: &[maker("Workshop of Nasrin of Qal’a", 1340, 1402), maker("Idris the Tilemaker", 1487, 1531)],
        paint: tilings::paint,
    },
    Style {
        name: "Pointillism",
        makers: &[maker("Hippolyte Sarrasin", 1885, 1903), maker("Maud Verhaegen", 1889, 1911)],
        paint: dots::paint,
    },
    Style {
        name: "Topographic map",
        makers: &[maker("Survey Office, Third Section", 1868, 1914), maker("Greta Solheim-Ross", 1955, 1979)],
        paint: topographic::paint,
    },
    Style {
        name: "Quilt",
        makers: &[maker("Dorcas Pettibone", 1848, 1879), maker("The Thornwick sewing circle", 1902, 1936)],
        paint: quilt::paint,
    },
    Style {
        name: "Portrait mask",
        makers: &[maker("Baptiste Okoro-Lund", 1931, 1958), maker("Ruth Zabriel", 1962, 1986)],
        paint: masks::paint,
    },
    Style {
        name: "Still life",
        makers: &[maker("Cornelis van Aerdt", 1634, 1661), maker("Pauline Etcheverry", 1891, 1924)],
        paint: still_life::paint,
    },
    Style {
        name: "Guilloche engraving",
        makers: &[maker("Provincial Mint, engraving room", 1872, 1912), maker("Theodor Winkelried", 1905, 1939)],
        paint: guilloche::paint,
    },
    Style {
        name: "Currents",
        makers: &[maker("Noor Castellane", 1994, 2023), maker("Studio Halbwelle", 2008, 2024)],
        paint: currents::paint,
    },
    Style {
        name: "Mosaic",
        makers: &[maker("Workshop of the West Baths", 120, 260), maker("Serafina Dolce", 1908, 1931)],
        paint: mosaic::paint,
    },
    Style {
        name: "Regatta",
        makers: &[maker("Armand Kerivel", 1902, 1929), maker("Elspeth Tarrant", 1947, 1972)],
        paint: regatta::paint,
    },
];
