namespace Neurodynamics.Tests.Import;

/// <summary>
/// Files that HDF5's own library wrote (h5py 3.7), gzipped, which PureHDF's writer does not write: hard links in
/// circles and datasets of which nothing or a bomb is stored.
/// </summary>
internal static class HostileHdf5
{
    /// <summary>g["self"] = g.</summary>
    public const string GroupInItself =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1AQxgjhG0DFzYJrrvt7uAQxKZxfy5GNjCuYhJA1wgAXEwPQCDYeBiDFmH4YZr4HA9VAwYWPku"
        + "Q4iR/kJJbi1Jw0mKvEWBlYGJhALBvKnLQvMWoJAGPBqKlWAQAA";

    /// <summary>The same in the format of HDF5 1.6.</summary>
    public const string OldGroupInItself =
        "H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwoKOFD5MPkEKM0IpTug9AommDgjWE4CKi4INR9dXUiQqytI9X80ALPnASuE5mAYBS"
        + "MReLg6BoDoCCgflkpPMKGqS0dLjx4U2gtKvUxY0q8HM4SfwUpc+tVgH02/o+kXM/12sKKqK07NSaNm+g3283cBpWFYulNgRssfaOl4FIyG"
        + "Iy0BALfHM95wCAAA";

    /// <summary>a["b"] = b, b["a"] = a.</summary>
    public const string GroupsInEachOther =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1DwkhHCN4CKf1e7Levv4RLEpHB+LUc2Mq5gEkLWCANcTAxAI9h4GIAUY+JhqDFQflIY1HgGCw"
        + "aywZOGq7zkOwnuBDFWBhYGJhDLnoFS0Pf42CIynAR3AnpwUcFJpV/OWAMACRsUzekBAAA=";

    /// <summary>17 groups that each hold the next twice, 2^17 paths.</summary>
    public const string TwiceTheNext =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1CwVgDCN4CK3/69bI6/h0sQk8L5tRzZyLiCi4mBkYGBSQikrIINopyLHaovgoFmwDnnyXUcTo"
        + "I45j8agDiUjYcBSDEmhjFCjIHyk2B8BgvynSSZ9OMwGU4SY2VgYWBGuCXxJZrbYHwGfZKdFPH8/DpqOKmGCdVJMD4ZTno4wTqRGk7iZ0Z1"
        + "EoxPhpMUtFqVqOGkRWhOWkS+k8zrZRWo4aRkFlQnwfhkOIlNYbWpW3CwK4MBNHszcjMyfAUxcrOO1WHTQQ0PqLCiegDGJ8MD/2XWfSVNBz"
        + "U88BTNA0/J9wDbgvcR9PdAEyeqB2B8MjwQG7/zsFuQRwADKAUxMQgwYNQ83NCyDpbGGJjQaCgQItJGFiSdEKMVgPRaPpgY546a7U4hHi4M"
        + "rCB13ECRFI0mdpgdMFuebZ3J7BYMVMUAcx8jAyqNsC+AoQJoB0zGFJrfpBhQ6ZKZEzSdQnzcGFjzRK4zMIgChXgYTi69K8IQCGbqq6fJMM"
        + "wCMnkZnv0XVWFwBYtqaeRrMiwHi35vMtVjKAWLFs9xcGZoBDNXcnDkMmwBK7jUubOB4SCYWbNw0iwGRbACw8/X5jPcBovG/rm/meEFmKkR"
        + "2LCVQResgDHWfyeDJZgZs3X6WYZesAK9c7wPGWLBolZpUx8ynAOLhs859Z0hEyx6Y8YEHYZRQPfMKcqFmjlhfDIypwbnKTdqOGkFmpNWkO"
        + "+kYwvuzKOGk6y5UZ0E45PhpB6m/g3UcNI5NCedI99Jrz90TKOGkxJ5UJ0E45PhpLBbRxdTw0lf0Jz0hXwnXZzkVEUNJ7XzojoJxifDSZzn"
        + "FjymhpOk+FCdBOOT4aR/kVoU5TgGf6oXk9lBd1vdPFyc4N1LEFCc9GIZ0KsGh+H1MKNhGLxuZjR6iWAbwzorQLYJrJcAZJsuQrDNYO1iIN"
        + "sc1sQEsi2eItiWsIYPIwOToQGsoAVxDFcgcYxghQuIY3wOiWMCy1AgjukXJI4ZLBGBOObw6BsFMAAAnxI1O60QAAA=";

    /// <summary>2^40 values in gzipped chunks, none of them stored.</summary>
    public const string LongChunks =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1BwnhHCN4CKt09x1fP3cAliUji/liMbGVcwCSFrhAEuJgagEWw8DECKseowzHwPBqoBxqQTn8"
        + "FOAlrAKMLAwMTICHE0I0wBAwOzCAOjoII8AwtYQIFBnINBvB7IYgW6jpmZm4eBEagL5EKwCg5hBgYWJgYmJgYWFgZmLphXGOYzDHZQ9Ig5"
        + "DgDeLVgGzwEAAA==";

    /// <summary>2^40 values, none of them stored.</summary>
    public const string Long =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1BwnhHCN4CKt09x1fP3cAliUji/liMbGVcwCSFrhAEuJgagEWw8DECKseowzHwPBqoBxqQTn8"
        + "FOAlrAKMLAwMTICHE0I0wBAwOzCAOjoII8AwtYQIFBnINBvB7IYgW6jpmLA+hyFkaYi8FKQAo3MAw5wNj/VgIAO4om/88BAAA=";

    /// <summary>A layer whose chunk of one value inflates to 64 MB.</summary>
    public const string InflatesOn =
        "H4sIAAAAAAACA+3cP2sTYRgA8LtLomeK2qJS0cGMHR07KFppSyYtWsGtFo0I1gyhhW4NiKBbP4Gb4OYkuLr1E/hv6gcQBxEnaczl7qoXbC"
        + "mICrnfD8J7d++be8NzD++F/HmeNmfnj9bP1INEHAfVYDz4VS/z7ERY2M/7b2dtmLVPsvZFlB8PB32ns+MT2fmHxy1en5tLRveG5PNs19I2"
        + "Diij5tzMQtLeyvbzLN2KiuM67XYhH5t/OO9e+duspPv3awfL3+m4+Lopd/5O5etlrTjuQavTbq3087h1Z63TabVXl/IjxXX2/AHnvXH12m"
        + "ySwfm62agUzzOcx+y1DtTSmIX5fnoFwygsxHOvttJfQZLtica5/j12cCWCyTiY3Mj6a/0rlPRHUXrCOFtxKmG+klSHXtH6f41HmlfRbl5N"
        + "Hd5/fL7udY/IpWJeHfo3eVVJnzLW7082wt354sEd7m7r3sryaivIs2w3/6LKZv3nlMkjG7LwV+KR3EfD39xH3+7s/7ytk8NxLbZVqQYAMF"
        + "LWP356M3hP293cefk5rosIAAAAjLruh0eVwTc/jd67+YWbAAAAwKhbPn5s8OvP7velszPCAQAAACPv8cXp9J/IXzYeVoUDAAAARt6pb9uX"
        + "B58FbPVeTSyKBwAAAIy89woGAAAAQKkoGAAAAADlomAAAAAAlIuCAQAAAFAyCgYAAABAuSgYAAAAAOWiYAAAAACUi4IBAAAAUDIKBgAAAE"
        + "C5KBgAAAAA5fL84nQj+WHA+Nfe2qUrtQAAAIAyeT12IQjCH3ZqXgueEwEA";

    /// <summary>A layer of 2^12 units in chunks of one value, none of them stored.</summary>
    public const string OneByOne =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1CQxwzhG0DFZZ4cOejv4RLEpHB+LUc2Mq5gEkLWCANcTAyMDAxsfAxAirkoL+8wzAY3BiqBJS"
        + "qHLpHjJEGQk9iyU4vyUnPCGCFmsUmDBAWKUpNLi4pS80riIdJJTFC7VIhz0m7ThSvATmJkYGQE6mFiYmRkhEkKQCh0PrMIA6OggjwDC5in"
        + "wCDOwSBeD2SxAl3LzMUB9AkLI8wHDA5QvQsYBj248KByC3pYwPyMi8YbFszgsGBiYAaGKQszFzxMhkBY7Ln9XhIAl/9OFm4DAAA=";

    /// <summary>A layer of 2^13 units in chunks of one column, none of them stored.</summary>
    public const string Columns =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1CQxwzhG0DFZZ4cOejv4RLEpHB+LUc2Mq5gEkLWCANcTAyMDAxsfAxAirkoL+8wzAY3BiqBJS"
        + "qHLpHjJEGQk9iyU4vyUnPCGCFmsUmDBAWKUpNLi4pS80riIdJJTFC7VIhz0m7ThSvATmJkYGQE6mFiYmRkhEkqQCh0PrMIA6OggjwDC1RQ"
        + "nINBvB7IYgW6lpmLA+gTFkaYDxgaoHoXMAx6EHTw0Fr0sID5GReNNyyYOUSBYcHEwMzEoMAIVMLMBQ+WuYM8LGRmewQAALEc6XhuAwAA";

    /// <summary>A layer of 2^14 units, nothing of it stored.</summary>
    public const string Large =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1CQxwzhG0DFZZ4cOejv4RLEpHB+LUc2Mq5gEkLWCANcTAyMDAxsfAxAirkoL+8wzAY3BiqBJS"
        + "qHLpHjJEGQk9iyU4vyUnPCGCFmsUmDBAWKUpNLi4pS80riIdJJTFC7VIhz0m7ThSvATmJkYGQE6mFiYmRkhEk6QCh0PrMIA6OggjwDC5in"
        + "wCDOwSBeD2SxAl3LzMUB9AkLI8wHcN0LGAY9eHox6QR6WMD8jIvGGxbM3DwMjCBDQBCkgkMUGDZMDMxMQN0OLAzMXPBg6h1kYfH39aYHAM"
        + "gS8E5uAwAA";

    /// <summary>A layer of two units in a chunk of 2^28 values, which is not stored.</summary>
    public const string LargeChunk =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1CQxwzhG0DFZZ4cOejv4RLEpHB+LUc2Mq5gEkLWCANcTAyMDAxsfAxAirkoL+8wzAY3BiqBJS"
        + "qHLpHjJEGQk9iyU4vyUnPCGCFmsUmDBAWKUpNLi4pS80riIdJJTFC7VIhz0m7ThSvATmJkYGQE6mFiYmSE2sAAMwqdzyzCwCioIM/AAuYp"
        + "MIhzMIjXA1msQNcyc3EAfcLCCPMBPJ4WMAx6UHuBzRw9LJjQ/I4eQ3jDgpmbh4ERaAgDCIJUcEgBw4aJgZmJwYHBgYWBlQEYPCkaMLMYOg"
        + "ZPWKil7eYHAGFw5jBuAwAA";

    /// <summary>A layer of two units, kernel 0.5, -1, recurrent kernel 1, 2, 3, 4, through three filters.</summary>
    public const string Filtered =
        "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1BgABUygIp/Ln38wt/DJYhJ4fxajmxkXMEkhKwRBriYGBgZGNj4GIAUc1Fe3nlGqEluDFQCYh"
        + "VFV8FOYmRgZFRhYGBiYmSEWcIEpdH5zCIMjIIK8gwsYJ4CgzgHg3g9kMUKdC0zFwfQJyyMDFCvwwNlAcOgB2d75peQEz2CoCBiy04tykvN"
        + "OQw1i00aJChQlJpcWlSUmlcSD5FOgoWhCnFO6rn87w969DChRQcTKdHDzC3DwMjEDHI4I1gFI5zFDIkwUPQxMTAD7WFh5spjhhraMPDRY2"
        + "vX5+Xm6OHCwMjHBfNrF9R96+V+B7k5ujgxMMJcDMuOImBSBoW33+PvHoZRMApGwSigHNgDi8f9FXHJCQkJGQkbyoEl8TFGhr0Rqv0QsYKM"
        + "ggJg6erB6NioWLoDAPdxemUwCAAA";
}
